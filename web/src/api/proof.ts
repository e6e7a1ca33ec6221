import { create } from "zustand";

/** Whether the person is being asked to prove anew who he is. */
export const useProof = create<{ asked: boolean }>(() => ({ asked: false }));

const waiting: ((given: boolean) => void)[] = [];

/** Has the dialog ask for a fresh proof, once for all who wait for it; says whether it was given. */
export function askProof(): Promise<boolean> {
  useProof.setState({ asked: true });
  return new Promise((resolve) => waiting.push(resolve));
}

export function answerProof(given: boolean): void {
  useProof.setState({ asked: false });
  for (const resolve of waiting.splice(0)) resolve(given);
}
