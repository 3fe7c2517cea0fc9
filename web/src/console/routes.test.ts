import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("history", { state: null });
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("navigator", { platform: "Linux" });
const { inOrganization, routes, titleOf } = await import("./routes");

describe("the present page for another organization", () => {
  it.each([
    [
      "a list keeps its filters",
      "org_2",
      "/users",
      "?organization=org_1&q=ana&role=technician",
      "/users?organization=org_2&q=ana&role=technician",
    ],
    ["an open row stays behind", "org_2", "/users", "?organization=org_1&user=usr_1", "/users?organization=org_2"],
    [
      "so does an opened form",
      "org_2",
      "/roles/groups",
      "?organization=org_1&new=group",
      "/roles/groups?organization=org_2",
    ],
    ["and a page of one role", "org_2", "/roles/role_1", "?organization=org_1", "/roles?organization=org_2"],
    [
      "and of one import profile",
      "org_2",
      "/settings/import-profiles/prof_1",
      "?organization=org_1",
      "/settings/import-profiles?organization=org_2",
    ],
    ["and of one import", "org_2", "/imports/imp_1", "", "/imports?organization=org_2"],
    [
      "choosing one among all leads to its settings",
      "org_2",
      "/settings/organizations",
      "",
      "/settings?organization=org_2",
    ],
    ["going back to all of them", null, "/users", "?organization=org_1", "/users"],
  ])("%s", (_, id, path, from, to) => {
    expect(inOrganization(id, path, from)).toBe(to);
  });
});

it("every command leads to a page that there is", () => {
  for (const route of routes)
    for (const command of route.commands ?? [])
      expect(command.path === route.path || command.path.startsWith(`${route.path}/`), command.title).toBe(true);
});

it("no two commands have one name", () => {
  const titles = routes.flatMap((route) => [
    ...(route.rail || route.command ? [route.title] : []),
    ...(route.commands ?? []).map(({ title }) => title),
  ]);
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

it.each([
  ["/users", "Users"],
  ["/roles", "Roles & groups"],
  ["/roles/groups", "Access groups"],
  ["/roles/new", "New role"],
  ["/roles/role_1", "Roles & groups"],
  ["/settings/sites", "Sites"],
  ["/nowhere", undefined],
])("the tab of %s says %s", (path, title) => {
  expect(titleOf(path)).toBe(title);
});
