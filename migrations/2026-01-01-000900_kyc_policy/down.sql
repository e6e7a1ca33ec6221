DROP TABLE kyc_policy;
