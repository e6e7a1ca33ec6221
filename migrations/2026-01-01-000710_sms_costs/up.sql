-- What text messages cost: prices by the first digits of a number, what each month came to, and how much it may be at most.
CREATE TABLE sms_prices (
    id         uuid PRIMARY KEY,
    -- First digits of a number without its plus: a country, or an operator in it. Of several that fit the longest one counts.
    prefix     text NOT NULL CHECK (prefix ~ '^[1-9][0-9]{0,6}$'),
    label      text NOT NULL CHECK (length(label) BETWEEN 1 AND 60),
    -- Millionths of the currency's unit for each segment. None: from then on these digits have no price of their own.
    micros     bigint CHECK (micros BETWEEN 0 AND 1000000000),
    -- Good until the next one for the same digits.
    valid_from timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    UNIQUE (prefix, valid_from),
    CHECK (valid_from >= created_at)
);

-- One row: the currency of all prices, and what a month may cost.
CREATE TABLE sms_budget (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    currency   text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    -- None: no cap.
    cap_micros bigint CHECK (cap_micros BETWEEN 0 AND 1000000000000000),
    version    integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid
);
INSERT INTO sms_budget DEFAULT VALUES;

-- What a month (UTC) came to: the row that whoever queues a text holds while he looks whether there is room for it.
CREATE TABLE sms_months (
    month    date PRIMARY KEY CHECK (extract(day FROM month) = 1),
    messages bigint NOT NULL DEFAULT 0,
    segments bigint NOT NULL DEFAULT 0,
    -- Segments for which no price was known.
    unpriced bigint NOT NULL DEFAULT 0,
    micros   bigint NOT NULL DEFAULT 0
);

-- The same by purpose and country. It names nobody, and stays when the texts themselves are past their time.
CREATE TABLE sms_sums (
    month    date NOT NULL REFERENCES sms_months,
    purpose  text NOT NULL,
    country  text NOT NULL,
    messages bigint NOT NULL DEFAULT 0,
    segments bigint NOT NULL DEFAULT 0,
    unpriced bigint NOT NULL DEFAULT 0,
    micros   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (month, purpose, country)
);

-- A text keeps the price it was queued at. `segments` is what was counted then, and what the provider says afterwards. What never went out
-- costs nothing; what the provider took costs, whether or not it arrived.
ALTER TABLE sms_messages
    -- ISO 3166-1; ZZ when nobody knows.
    ADD COLUMN country text NOT NULL DEFAULT 'ZZ' CHECK (country ~ '^[A-Z]{2}$'),
    ADD COLUMN price_id uuid REFERENCES sms_prices,
    ADD COLUMN price_micros bigint,
    ADD COLUMN booked_segments integer NOT NULL GENERATED ALWAYS AS
        (CASE WHEN state = 'queued' OR sent_at IS NOT NULL THEN coalesce(segments, 1) ELSE 0 END) STORED,
    ADD COLUMN cost_micros bigint GENERATED ALWAYS AS
        (CASE WHEN state = 'queued' OR sent_at IS NOT NULL THEN coalesce(segments, 1) ELSE 0 END * price_micros) STORED,
    ADD CONSTRAINT sms_messages_price CHECK ((price_id IS NULL) = (price_micros IS NULL));
CREATE INDEX sms_messages_price ON sms_messages (price_id) WHERE price_id IS NOT NULL;

INSERT INTO sms_months (month, messages, segments, unpriced)
    SELECT date_trunc('month', created_at AT TIME ZONE 'UTC')::date, count(*), sum(booked_segments), sum(booked_segments)
    FROM sms_messages WHERE booked_segments > 0 GROUP BY 1;
INSERT INTO sms_sums (month, purpose, country, messages, segments, unpriced)
    SELECT date_trunc('month', created_at AT TIME ZONE 'UTC')::date, purpose, country, count(*), sum(booked_segments), sum(booked_segments)
    FROM sms_messages WHERE booked_segments > 0 GROUP BY 1, 2, 3;

-- The sums follow the texts, whoever changes them. Month before its parts, as whoever queues one has it.
CREATE FUNCTION book_sms() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    of_month date := date_trunc('month', NEW.created_at AT TIME ZONE 'UTC')::date;
    was integer := coalesce(OLD.booked_segments, 0);
    more_messages integer := (NEW.booked_segments > 0)::integer - (was > 0)::integer;
    more_segments integer := NEW.booked_segments - was;
    more_unpriced integer := CASE WHEN NEW.price_micros IS NULL THEN more_segments ELSE 0 END;
    more_micros bigint := coalesce(NEW.cost_micros, 0) - coalesce(OLD.cost_micros, 0);
BEGIN
    IF more_segments = 0 THEN
        RETURN NULL;
    END IF;
    INSERT INTO sms_months AS m (month, messages, segments, unpriced, micros)
        VALUES (of_month, more_messages, more_segments, more_unpriced, more_micros)
        ON CONFLICT (month) DO UPDATE SET messages = m.messages + excluded.messages, segments = m.segments + excluded.segments,
            unpriced = m.unpriced + excluded.unpriced, micros = m.micros + excluded.micros;
    INSERT INTO sms_sums AS s (month, purpose, country, messages, segments, unpriced, micros)
        VALUES (of_month, NEW.purpose, NEW.country, more_messages, more_segments, more_unpriced, more_micros)
        ON CONFLICT (month, purpose, country) DO UPDATE SET messages = s.messages + excluded.messages,
            segments = s.segments + excluded.segments, unpriced = s.unpriced + excluded.unpriced, micros = s.micros + excluded.micros;
    RETURN NULL;
END $$;
CREATE TRIGGER sms_messages_book AFTER INSERT OR UPDATE OF state, segments, sent_at ON sms_messages
    FOR EACH ROW EXECUTE FUNCTION book_sms();

-- What was charged stays explained: a price is never another one afterwards. One whose time has not come may be taken back.
CREATE TRIGGER sms_prices_kept BEFORE UPDATE ON sms_prices FOR EACH ROW EXECUTE FUNCTION refuse_change();
