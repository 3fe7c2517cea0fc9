/** Every word of the roles' pages, in English. */
const plural = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);
const permissions = (n: number): string => plural(n, "permission", "permissions");

export const texts = {
  title: "Roles & groups",
  tabs: { roles: "Roles", groups: "Access groups" },
  tabsLabel: "Roles and groups",
  intro: "A role says what its people may do. Built-in roles never change; copy one to make your own of it.",
  add: "New role",
  columns: { role: "Role", description: "What it is for", permissions: "Permissions" },
  builtIn: "Built in",
  permissions,
  none: "Own account only",
  notGiven: "Nobody can be given it: it belongs to the first account.",
  ofKind: {
    technician: "Technicians",
    end_user: "People of an organization",
    member: "Members",
  } as Record<string, string>,
  ofKindNote: {
    technician: "Work for the whole deployment; a technician may have several roles.",
    end_user: "Belong to one organization.",
    member: "Belong to one organization and have exactly one role.",
  } as Record<string, string>,
  chooseOrganization: "Roles that an organization has made for itself are shown when it is chosen:",
  organization: "Organization",
  everyOrganization: "Built-in roles only",
  actions: (name: string) => `Actions for ${name}`,
  open: "Open",
  edit: "Edit",
  copy: "Copy",
  remove: "Delete",
  who: "See who has it",

  page: {
    back: "All roles",
    new: "New role",
    copyOf: (name: string) => `Copy of ${name}`,
    gone: "There is no such role",
    goneBody: "It may have been deleted, or it belongs to an organization that you cannot see.",
    readOnlyBuiltIn: "This role is built in and cannot be changed. Copy it to make one of your own.",
    readOnlyMore: (n: number) =>
      `This role holds ${permissions(n)} that you do not hold yourself, so only somebody who does can change it.`,
    readOnlyNo: "Your roles do not let you change roles.",
    leftOut: (n: number) =>
      n === 1
        ? "1 permission of the copied role is left out, because you do not hold it yourself."
        : `${n} permissions of the copied role are left out, because you do not hold them yourself.`,
    name: "Name",
    nameHint: "Shown wherever the role is given, and matched in sheets.",
    nameMissing: "Give the role a name.",
    description: "What it is for",
    descriptionHint: "One sentence that helps a colleague to choose.",
    kind: "Who can have it",
    whose: "Whose role it is",
    chooseOrganization: "Choose the organization that the role is for.",
    permissions: "What it permits",
    chosen: (n: number, of: number) => `${n} of ${permissions(of)}`,
    ownOnly: "Without any, its people can use their own account only.",
    notHeld: "You do not hold this",
    all: "All",
    allOf: (group: string) => `All of ${group}`,
    tickedToo: (name: string) => `“${name}” was ticked too, because the other does nothing without it.`,
    untickedToo: (names: string) => `${names} went with it: without it they do nothing.`,
    create: "Create role",
    created: (name: string) => `${name} was created`,
    saved: (name: string) => `${name} was saved`,
    deleteTitle: "Delete this role",
    deleteBody: "Deleting is final. It is possible while nobody has the role.",
    inUse: "People have this role, so it cannot be deleted. Give them another one first.",
    ask: (name: string) => `Delete ${name}?`,
    askBody: "Nobody has this role. It will be gone for good.",
    deleted: (name: string) => `${name} was deleted`,
    keep: "Keep",
    reduces: "Whoever has this role and loses a permission by it is signed out and signs in again.",
  },
  fields: { name: "Name", description: "What it is for", permissions: "Permissions" } as Record<string, string>,

  /** What can be permitted, by what it is about; of names that are not here the server's own description is shown. */
  groups: {
    people: "People",
    imports: "Imports",
    organizations: "Organizations",
    access: "Roles and lists",
    other: "Oversight and programs",
  },
  names: {
    "users.read": "See people",
    "users.write": "Add and edit people",
    "users.delete": "Delete people",
    "credentials.write": "Reset passwords and second factors",
    "invitations.write": "Send and revoke invitations",
    "imports.read": "See imports",
    "imports.write": "Import people",
    "organizations.read": "See organizations",
    "organizations.write": "Change organizations",
    "roles.read": "See roles",
    "roles.write": "Make and change roles",
    "lists.read": "See groups and lists",
    "lists.write": "Change groups and lists",
    "audit.read": "See the audit trail",
    "api_keys.write": "Make API keys",
    "billing.read": "See billing",
  } as Record<string, string>,

  problems: {
    role_in_use: {
      title: "People have this role",
      detail: "It can be deleted once nobody has it. Give them another one first.",
    },
    would_lock_out: {
      title: "This would lock you out",
      detail:
        "You have this role yourself, and could then no longer manage roles or users. Leave it these permissions, or ask a colleague to change it.",
    },
    role_built_in: {
      title: "Built-in roles never change",
      detail: "Copy the role, and change the copy.",
    },
    permission_denied: {
      title: "You cannot give or change what you do not hold",
      detail:
        "The role has permissions that your own roles do not have. Your permissions may have changed meanwhile: reload the page to see.",
    },
    list_full: { title: "There is no room for one more role", detail: "Delete one that nobody needs any more." },
    name_taken: {
      title: "There is a role of that name already",
      detail: "Choose another name, so that nobody takes one for the other.",
    },
  } as Record<string, { title: string; detail: string }>,
};
