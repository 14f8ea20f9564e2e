// The page that Vite serves: counts seconds, so that a reload can be seen.
const counter = document.querySelector('#counter');
let seconds = 0;

function show() {
    counter.textContent = `open for ${seconds++} s`;
}

show();
setInterval(show, 1000);
