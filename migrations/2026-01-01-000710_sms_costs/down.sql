DROP TRIGGER sms_messages_book ON sms_messages;
DROP FUNCTION book_sms();
ALTER TABLE sms_messages DROP CONSTRAINT sms_messages_price, DROP COLUMN cost_micros, DROP COLUMN booked_segments,
    DROP COLUMN price_micros, DROP COLUMN price_id, DROP COLUMN country;
DROP TABLE sms_sums, sms_months, sms_budget, sms_prices;
