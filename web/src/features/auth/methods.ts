import { passkeysHere } from "./passkey";

/** What each second factor is called where it is given, and where it is chosen. */
const METHODS = {
  passkey: { label: "auth.passkeyText", use: "auth.usePasskey", digits: false },
  totp: { label: "auth.totpCode", use: "auth.useTotp", digits: true },
  backup_code: { label: "auth.backupCode", use: "auth.useBackupCode", digits: false },
  sms: { label: "auth.smsCode", use: "auth.useSms", digits: true },
  password: { label: "auth.password", use: "auth.password", digits: false },
} as const;

export type Method = keyof typeof METHODS;
/** Everything but a passkey is a code that somebody types. */
export type TypedMethod = Exclude<Method, "passkey">;

/** The methods among these that can be used here; all of them when none can, so that the reason is told. */
export function methodsHere(methods: readonly string[]): Method[] {
  const known = methods.filter((method): method is Method => method in METHODS);
  const here = known.filter((method) => method !== "passkey" || passkeysHere());
  return here.length > 0 ? here : known;
}

export const methodTexts = (method: Method) => METHODS[method];
