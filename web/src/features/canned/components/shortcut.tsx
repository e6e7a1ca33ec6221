/** What is typed to insert a reply: the slash stays before the word, whatever the script around it. */
export function Shortcut({ children }: { children: string }) {
  return <bdi className="font-mono text-[0.85em]">/{children}</bdi>;
}
