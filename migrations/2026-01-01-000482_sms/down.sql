DROP TABLE sms_messages, sms_codes, sms_factors;
