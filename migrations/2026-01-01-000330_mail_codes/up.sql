-- Reasons and effects are codes with parameters; each reader gets them in his language. What was told in words keeps them
-- under the code "text".
CREATE FUNCTION pg_temp.told(words text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
    $$ SELECT jsonb_build_object('code', 'text', 'params', jsonb_build_object('text', words)) $$;

CREATE FUNCTION pg_temp.meaning(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce((SELECT code FROM (VALUES
        ('sent by this installation', 'own_installation'), ('sent by another installation', 'other_installation'),
        ('report media type', 'report_media_type'), ('looks like a bounce', 'looks_like_bounce'),
        ('what the report says', 'report_says'), ('sent by an auto-responder', 'auto_responder'),
        ('sent by a mailbox rule', 'mailbox_rule'), ('words of an out-of-office reply', 'out_of_office_words'),
        ('bulk mail', 'bulk_mail'), ('mailing list', 'mailing_list'), ('campaign mail', 'campaign_mail'))
        AS known (said, code) WHERE said = words), 'sent_by_machine') $$;

UPDATE raw_mails SET
    effects = coalesce((SELECT jsonb_agg(CASE
            WHEN e->>'kind' = 'dropped' THEN jsonb_build_object('code', 'dropped', 'at', e->'at',
                'params', jsonb_build_object('by', e->>'detail', 'reason', coalesce(reason, '')))
            ELSE pg_temp.told(concat_ws(': ', e->>'kind', e->>'detail')) || jsonb_build_object('at', e->'at') END ORDER BY n)
        FROM jsonb_array_elements(effects) WITH ORDINALITY AS x (e, n)), '[]'),
    evidence = coalesce((SELECT jsonb_agg(e || jsonb_build_object('meaning', pg_temp.meaning(e->>'meaning')) ORDER BY n)
        FROM jsonb_array_elements(evidence) WITH ORDINALITY AS x (e, n)), '[]'),
    threading = CASE WHEN threading ? 'reasons' THEN jsonb_set(threading, '{reasons}',
        coalesce((SELECT jsonb_agg(e || jsonb_build_object('evidence', pg_temp.told(e->>'evidence'),
                                                           'outcome', pg_temp.told(e->>'outcome')) ORDER BY n)
            FROM jsonb_array_elements(threading->'reasons') WITH ORDINALITY AS x (e, n)), '[]')) ELSE threading END,
    parsed = CASE WHEN parsed ? 'warnings' THEN jsonb_set(parsed, '{warnings}',
        coalesce((SELECT jsonb_agg(pg_temp.told(e) ORDER BY n)
            FROM jsonb_array_elements_text(parsed->'warnings') WITH ORDINALITY AS x (e, n)), '[]')) ELSE parsed END,
    reason = CASE
        WHEN reason IS NULL OR reason IN ('forged_participant', 'orphan_auto_reply', 'message_too_large') THEN reason
        WHEN reason = 'one of our own automatic mails came back' THEN 'own_loop'
        WHEN state = 'duplicate' THEN 'duplicate'
        WHEN state = 'bounce' THEN 'other_report'
        WHEN state = 'dead' THEN 'unreadable'
        WHEN state = 'quarantined' THEN 'flood'
        WHEN state = 'dropped' THEN 'dropped_by_staff'
        ELSE 'other' END;

-- Why an address gets no mail, apart from what the other server said about it.
ALTER TABLE suppressions ADD COLUMN detail text;
UPDATE suppressions SET detail = CASE WHEN until IS NULL THEN reason END,
                        reason = CASE WHEN until IS NULL THEN 'bounce' ELSE 'flood' END;
ALTER TABLE suppressions ADD CONSTRAINT suppressions_reason_check CHECK (reason IN ('bounce', 'flood'));

-- They would last as long as the connection.
DROP FUNCTION pg_temp.told(text), pg_temp.meaning(text);
