// helperd keeps the log, so Vite must not clear the screen.
export default {
    clearScreen: false,
};
