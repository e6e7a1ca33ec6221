/** Words of the API; lists and forms choose from them. */
export const STATUSES = ["pending", "active", "suspended", "inactive"] as const;
export const KINDS = ["corporate", "individual"] as const;
/** What a customer has a right to expect, from the least to the most. */
export const TIERS = ["standard", "business", "premium"] as const;
export const KYC_STATES = ["not_started", "collecting", "submitted", "in_review", "approved", "rejected", "more_info", "expired", "revoked"] as const;
