import "./lib/csp";
import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { resume } from "./api/session";
import { changeLocale, goesOnWithout, startI18n } from "./i18n";
import { useSession } from "./api/session";
import { readStored } from "./lib/storage";

// A deploy removes the chunks of the page that is still open: load the new page once instead of failing. Without a network there is
// no new page, and what waits to be sent would be lost with this one: the route says what is wrong. Nor is what was refused to be lost
// for want of its words.
window.addEventListener("vite:preloadError", (event) => {
  if (!navigator.onLine || goesOnWithout()) return;
  if (sessionStorage.getItem("cm.reloaded") === location.pathname) return;
  sessionStorage.setItem("cm.reloaded", location.pathname);
  event.preventDefault();
  location.reload();
});

async function start(): Promise<void> {
  await Promise.all([startI18n(), resume()]);
  const user = useSession.getState().user;
  // A language chosen on this device wins over the account's.
  if (user && readStored("cm.locale") === null) await changeLocale(user.locale);
  createRoot(document.getElementById("root")!).render(<App />);
}

void start();
