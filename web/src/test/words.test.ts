import { expect, it } from "vitest";
import { toForm, toInput } from "@/features/categories/data";
import { tagsOf } from "@/features/tickets/data/tags";
import { wordsOf } from "@/lib/words";

it("words in one line are told apart in one way, whatever they are", () => {
  expect(wordsOf(" Linux ;DNS،  mail   server ,, DNS\n")).toEqual(["Linux", "DNS", "mail server"]);
  expect(toInput({ ...toForm(), skills: "Linux; DNS،VPN" }).skills).toEqual(["Linux", "DNS", "VPN"]);
  expect(tagsOf("VIP; vip،  Réseau  Nord")).toEqual(["vip", "réseau nord"]);
});
