// The text of the page; edit it while helperd runs and watch it being built again.
export const greeting = 'Hello from webpack';
