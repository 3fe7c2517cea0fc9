import { load as emailChange } from "./emailChange";
import { load as invitation } from "./invitation";
import { begin } from "./page";
import { load as passwordReset } from "./passwordReset";

/** Each sort of mailed link has a path of its own: /invitations/…, /password-resets/…, /email-changes/… */
const pages: Record<string, () => Promise<void>> = {
  "password-resets": passwordReset,
  "email-changes": emailChange,
};

void begin(pages[location.pathname.split("/")[1] ?? ""] ?? invitation);
