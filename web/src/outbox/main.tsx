import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { watchServerTime } from "../api/client";
import { applyTheme, storedTheme } from "../console/theme";
import { Announcer } from "../ui/announce";
import { setServerTime } from "../ui/time";
import "../ui/base.css";
import "../ui/controls.css";
import "./outbox.css";
import { Outbox } from "./Outbox";

applyTheme(storedTheme());
watchServerTime(setServerTime);
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <Outbox />
      <Announcer />
    </StrictMode>,
  );
