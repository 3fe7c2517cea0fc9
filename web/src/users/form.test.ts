// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import { besideFields, FORM_FIELDS, refusedField } from "./UserForm";

const refused = (...fields: string[]) =>
  new ApiProblem(422, {
    code: "values_refused",
    errors: fields.map((field) => ({ field, code: "x", detail: `no ${field}` })),
  });

describe("a refusal is shown", () => {
  test.each([
    ["beside its field", refused("phone"), false],
    ["beside a property", refused("properties.badge"), false],
    ["in a box, where one of its fields is not on the form", refused("phone", "credentials.mode"), true],
    ["beside the address that is taken", new ApiProblem(409, { code: "email_taken" }), false],
    ["in a box, where it is of no field", new ApiProblem(409, { code: "own_account" }), true],
  ] as [string, ApiProblem, boolean][])("%s", (_name, problem, box) => {
    expect(besideFields(problem, FORM_FIELDS) !== undefined).toBe(box);
  });

  test("with the server's words, also where only the code says which field it is of", () => {
    expect(refusedField(refused("phone"), "phone")).toBe("no phone");
    expect(refusedField(new ApiProblem(409, { code: "username_taken", detail: "used" }), "username")).toBe("used");
    expect(refusedField(new ApiProblem(409, { code: "username_taken", detail: "used" }), "email")).toBeUndefined();
  });
});
