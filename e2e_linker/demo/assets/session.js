"use strict";
setInterval(() => parent.postMessage("homepass-session", "*"), 150);
