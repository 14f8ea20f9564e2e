// The entry of the bundle: shows the next high water.
import { nextHighWater } from './tide.js';

document.querySelector('#tide').textContent = nextHighWater;
