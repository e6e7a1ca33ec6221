DROP TABLE auth_challenges, backup_codes, totp_factors;
