import { expect, it } from "vitest";
import type { SupportGroup } from "@/api/types";
import { schema, toForm, toInput, type GroupForm } from "@/features/groups/data";

const usual: GroupForm = { ...toForm(), name: "Support" };
const wrong = (values: Partial<GroupForm>) => schema.safeParse({ ...usual, ...values }).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

it("what customers are told while nobody hears of them is sent as it was typed", () => {
  expect(wrong({})).toEqual([]);
  expect(toInput(usual).conduct).toEqual({ remind: true, remind_days: [3, 7], resolve_after_days: 14, calendar_id: null, reply_ends_hold: true, reopen_window_hours: 0 });
  const typed = { ...usual, remind_days: "2; 5، 10", resolve_after_days: " ", calendar_id: "c1", reply_ends_hold: false, reopen_window_hours: "48" };
  expect(wrong(typed)).toEqual([]);
  const conduct = { remind: true, remind_days: [2, 5, 10], resolve_after_days: null, calendar_id: "c1", reply_ends_hold: false, reopen_window_hours: 48 };
  expect(toInput(typed).conduct).toEqual(conduct);
  expect(toForm({ name: "Support", conduct } as SupportGroup)).toMatchObject({ remind_days: "2, 5, 10", resolve_after_days: "", calendar_id: "c1", reopen_window_hours: "48" });
});

it("days ascend, the end comes last, and what is not on screen is not wrong", () => {
  for (const remind_days of ["", "7, 3", "3, 3", "0", "366", "three", "1,2,3,4,5,6"]) expect(wrong({ remind_days })).toEqual(["remind_days: field.bad_days"]);
  for (const resolve_after_days of ["7", "0", "400", "ten"]) expect(wrong({ resolve_after_days })).toEqual(["resolve_after_days: field.before_reminders"]);
  for (const reopen_window_hours of ["", "721", "-1", "a day"]) expect(wrong({ reopen_window_hours })).toEqual(["reopen_window_hours: field.out_of_range"]);
  expect(wrong({ remind: false, remind_days: "nothing", resolve_after_days: "2" })).toEqual([]);
});
