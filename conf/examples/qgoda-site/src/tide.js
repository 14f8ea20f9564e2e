// The text on the page; edit it while helperd runs and watch it being built again.
export const nextHighWater = 'at a quarter past six';
