// The entry of the bundle: puts the greeting into the page.
import { greeting } from './greeting.js';

document.querySelector('#greeting').textContent = greeting;
