"use strict";
if (!window.brightbulb) location.reload();
