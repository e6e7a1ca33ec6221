import i18next from "i18next";
import { describe, expect, it } from "vitest";
import { ApiError, asApiError, explain, fieldErrors, problemOf } from "@/api/problem";

describe("problems", () => {
  it("are explained by their code, with the request id", async () => {
    const body = JSON.stringify({ code: "version_mismatch", status: 412, title: "x" });
    const problem = await problemOf(new Response(body, { status: 412, headers: { "x-request-id": "r-1" } }));
    const told = explain(i18next.t, new ApiError(problem));
    expect(told.title).toBe("Somebody else changed this");
    expect(told.action).toContain("try again");
    expect(told.requestId).toBe("r-1");
  });

  it("have words for codes nobody knew", () => {
    expect(explain(i18next.t, new ApiError({ status: 500, code: "brand_new" })).title).toBe("Something went wrong on our side");
    expect(explain(i18next.t, new ApiError({ status: 409, code: "brand_new" })).title).toBe("Something unexpected happened");
  });

  it("never show what a proxy wrote", async () => {
    const problem = await problemOf(new Response("<html>Bad gateway</html>", { status: 502 }));
    expect(problem).toMatchObject({ status: 502, code: "internal" });
  });

  it("treat a failed fetch as being offline", () => {
    expect(asApiError(new TypeError("Failed to fetch")).code).toBe("offline");
    expect(asApiError(new Error("bug")).code).toBe("unexpected");
  });

  it("name the field of the form", () => {
    const error = new ApiError({
      status: 422,
      code: "invalid",
      errors: [
        { pointer: "/requester/email", code: "not_an_address", detail: "" },
        { pointer: "#/subject", code: "never_heard_of", detail: "" },
      ],
    });
    const found = fieldErrors(i18next, error);
    expect(found).toEqual({ "requester.email": "field.not_an_address", subject: "field.invalid" });
  });
});
