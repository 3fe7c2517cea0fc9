import { useCan, useSession } from "../console/session";
import { usePath } from "../router";
import { KeysPage } from "../settings/KeysPage";
import { type PageTab, PageTabs } from "../ui/tabs";
import { NotificationsTab } from "./NotificationsTab";
import { ProfileTab } from "./ProfileTab";
import { SecurityTab } from "./SecurityTab";
import { texts } from "./texts";
import "../settings/settings.css";
import "./account.css";

const KEYS = "/account/api-keys";

const tabs: readonly PageTab[] = [
  { path: "/account/profile", to: "/account/profile", name: texts.tabs.profile },
  { path: "/account/notifications", to: "/account/notifications", name: texts.tabs.notifications },
  { path: "/account/security", to: "/account/security", name: texts.tabs.security },
];

/** What people may look at and change of themselves. */
export default function AccountPage() {
  const { me } = useSession();
  const path = usePath();
  const mayHaveKeys = useCan()("api_keys.write");
  return (
    <div className="page account">
      <div className="account-head">
        <h1>{texts.title}</h1>
        <p className="muted">{me.user.email}</p>
      </div>
      <PageTabs
        label={texts.tabsLabel}
        tabs={mayHaveKeys ? [...tabs, { path: KEYS, to: KEYS, name: texts.tabs.keys }] : tabs}
      />
      {path.startsWith("/account/notifications") ? (
        <NotificationsTab />
      ) : path.startsWith("/account/security") ? (
        <SecurityTab />
      ) : path.startsWith(KEYS) && mayHaveKeys ? (
        <KeysPage />
      ) : (
        <ProfileTab />
      )}
    </div>
  );
}
