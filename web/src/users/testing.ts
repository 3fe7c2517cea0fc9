import type { Invitation, Role, User } from "../api/types";
import type { SignedIn } from "./may";

/** People and roles for tests. */
export const invitation: Invitation = {
  status: "pending",
  delivery: "delivered",
  generation: 1,
  queued_at: "2026-11-21T09:00:00.000Z",
  sent_at: "2026-11-21T09:00:01.000Z",
  delivery_at: "2026-11-21T09:00:02.000Z",
  expires_at: "2026-11-22T09:00:01.000Z",
  registered_at: null,
  valid_hours: 24,
};

export const person = (id: string, change: Partial<User> = {}): User => ({
  id,
  kind: "technician",
  organization_id: null,
  name: "Ana Meyer",
  first_name: "Ana",
  last_name: "Meyer",
  email: "ana@example.com",
  username: null,
  phone: "+4915123456789",
  roles: ["technician"],
  permissions: [],
  organizations: "all",
  groups: [],
  courses: [],
  services: [],
  all_module_access: false,
  modules: null,
  status: "invited",
  locked_until: null,
  mfa: "not_enrolled",
  email_change: null,
  password_reset: null,
  invitation,
  properties: {},
  site: null,
  language: null,
  time_zone: null,
  created_at: "2026-11-21T09:00:00.000Z",
  created_by: null,
  last_sign_in_at: null,
  root: false,
  import_id: null,
  version: 3,
  ...change,
});

export const role = (id: string, change: Partial<Role> = {}): Role => ({
  id,
  name: id,
  description: "",
  kinds: ["technician"],
  permissions: ["users.read"],
  built_in: true,
  assignable: true,
  organization_id: null,
  version: 1,
  in_use: null,
  ...change,
});

export const everything = ["users.read", "users.write", "users.delete", "credentials.write", "invitations.write"];

export const administrator = (permissions: string[] = everything): SignedIn => ({
  user: person("me"),
  permissions,
  organizations: "all",
});
