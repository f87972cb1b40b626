// Shows what the server says of the run, and asks before it is stopped.
"use strict";
const run = document.getElementById("run");
const stop = document.getElementById("stop");
const lost = document.getElementById("lost");
const source = new EventSource("events");
source.onmessage = (event) => {
  run.innerHTML = event.data; // escaped by the server, and no script runs that is not its own
  lost.hidden = true;
  stop.hidden = document.getElementById("over") !== null;
};
source.onerror = () => {
  if (stop.hidden) source.close(); // the run has said how it ended
  else lost.hidden = false;
};
stop.onclick = () => document.getElementById("sure").showModal();
