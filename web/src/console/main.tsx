import { StrictMode } from "react";
import { RouterProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import { watchServerTime } from "../api/client";
import { navigate } from "../router";
import { setServerTime } from "../ui/time";
import "../ui/base.css";
import "../ui/controls.css";
import "./frame.css";
import { App } from "./App";
import { applyTheme, storedTheme } from "./theme";

applyTheme(storedTheme());
watchServerTime(setServerTime);
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <RouterProvider navigate={(to) => void navigate(to)}>
        <App />
      </RouterProvider>
    </StrictMode>,
  );
