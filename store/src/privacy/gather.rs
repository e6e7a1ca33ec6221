//! What is kept about one person, section by section, in pages.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::privacy::Section;
use uuid::Uuid;

use crate::{PgConn, StoreError, sql::sql};

/// A row of a section.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// Its place among the others.
    #[diesel(sql_type = Text)]
    pub k: String,
    /// What is kept.
    #[diesel(sql_type = Jsonb)]
    pub data: serde_json::Value,
}

/// A file about the person.
#[derive(Debug, Clone, QueryableByName)]
pub struct File {
    /// Its place among the others, and the folder it gets.
    #[diesel(sql_type = Text)]
    pub k: String,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// SHA-256 under which its bytes are stored, when they are not sealed.
    #[diesel(sql_type = Nullable<Binary>)]
    pub sha256: Option<Vec<u8>>,
    /// The sealed file that holds it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub sealed: Option<Uuid>,
}

macro_rules! page {
    ($($inner:expr),+ $(,)?) => {
        concat!(
            "SELECT q.k, to_jsonb(q) - 'k' AS data FROM (",
            $($inner),+,
            ") q WHERE q.k COLLATE \"C\" > $2 ORDER BY q.k COLLATE \"C\" LIMIT $3"
        )
    };
}

/// Rows of a section about a person, after this place.
///
/// # Errors
/// When the database is away.
pub async fn rows(
    conn: &mut PgConn,
    section: Section,
    user: Uuid,
    after: &str,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(sql(statement(section))
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(after)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?)
}

/// How a section is read: `$1` is the person. No secret is among what is read.
const fn statement(section: Section) -> &'static str {
    match section {
        Section::Account => page!(
            "SELECT u.id::text AS k, u.id, u.email, u.name, u.phone, u.locale, u.status, r.key AS role, u.email_verified_at,
                 u.last_login_at, u.password_changed_at, u.created_at, u.updated_at
             FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = $1"
        ),
        Section::Sessions => page!(
            "SELECT id::text AS k, created_at, last_seen_at, ip, last_ip, user_agent, amr AS methods, expires_at, revoked_at,
                 revoke_reason FROM sessions WHERE user_id = $1"
        ),
        Section::Devices => page!(
            "SELECT id::text AS k, user_agent, ip, created_at, last_seen_at FROM known_devices WHERE user_id = $1"
        ),
        Section::Logins => page!(
            "SELECT lpad(id::text, 20, '0') AS k, at, email, outcome, method, reason, known_device, ip, user_agent
             FROM login_journal
             WHERE user_id = $1 OR user_id IS NULL AND email = (SELECT email FROM users WHERE id = $1)"
        ),
        Section::Alerts => page!(
            "SELECT id::text AS k, at, kind, severity, ip, acknowledged_at FROM security_alerts WHERE user_id = $1"
        ),
        Section::Factors => page!(
            "SELECT 'app' AS k, 'authenticator app' AS factor, NULL AS name, created_at, confirmed_at, NULL AS last_used_at
                 FROM totp_factors WHERE user_id = $1
             UNION ALL SELECT 'passkey ' || id, 'passkey', name, created_at, created_at, last_used_at
                 FROM passkeys WHERE user_id = $1
             UNION ALL SELECT 'phone', 'text message', phone, confirmed_at, confirmed_at, NULL
                 FROM sms_factors WHERE user_id = $1
             UNION ALL SELECT 'code ' || id, 'backup code', NULL, created_at, created_at, used_at
                 FROM backup_codes WHERE user_id = $1"
        ),
        Section::Identities => page!(
            "SELECT id::text AS k, issuer, subject, email, created_at, last_used_at FROM user_identities WHERE user_id = $1"
        ),
        Section::Tokens => page!(
            "SELECT id::text AS k, name, scopes, created_at, expires_at, last_used_at, last_used_ip, revoked_at
             FROM api_tokens WHERE user_id = $1"
        ),
        Section::Links => page!(
            "SELECT id::text AS k, purpose, email, ip, created_at, expires_at, used_at FROM mailed_links
             WHERE user_id = $1 OR email = (SELECT email FROM users WHERE id = $1)"
        ),
        Section::Texts => page!(
            "SELECT id::text AS k, phone, purpose, state, created_at, sent_at, delivered_at FROM sms_messages
             WHERE user_id = $1"
        ),
        Section::Views => {
            page!("SELECT id::text AS k, list, name, query, created_at FROM saved_views WHERE user_id = $1")
        }
        Section::Notifications => page!(
            "SELECT id::text AS k, topic, title, path, created_at, read_at, NULL::text AS settings FROM notifications WHERE user_id = $1
             UNION ALL SELECT 'settings', NULL, NULL, NULL, updated_at, NULL, concat_ws(' ', zone, quiet_from, quiet_to, digest_weekday,
                 digest_hour) FROM notification_settings WHERE user_id = $1
             UNION ALL SELECT 'choice ' || topic || ' ' || channel, topic, NULL, NULL, NULL, NULL, channel || ' ' || delivery
                 FROM notification_choices WHERE user_id = $1"
        ),
        Section::Reminders => page!(
            "SELECT r.id::text AS k, t.number AS ticket, r.at, r.note, r.by_mail, r.created_at, r.told_at
             FROM ticket_reminders r JOIN tickets t ON t.id = r.ticket_id WHERE r.user_id = $1
             UNION ALL SELECT 'calendar', NULL, read_at, 'calendar', NULL, created_at, NULL FROM calendar_feeds WHERE user_id = $1"
        ),
        Section::AnswersSeen => page!(
            "SELECT v.message_id::text AS k, t.number AS ticket, m.created_at AS written_at, v.at
             FROM message_views v JOIN ticket_messages m ON m.id = v.message_id JOIN tickets t ON t.id = m.ticket_id WHERE v.user_id = $1"
        ),
        Section::Drafts => page!(
            "SELECT d.ticket_id || ' ' || d.kind AS k, t.number AS ticket, d.kind, d.body, d.updated_at
             FROM ticket_drafts d JOIN tickets t ON t.id = d.ticket_id WHERE d.user_id = $1"
        ),
        Section::TicketExports => page!(
            "SELECT id::text AS k, name, filter, every, day, minute, zone, next_at, paused, created_at,
                 (SELECT array_agg(u.name ORDER BY u.name) FROM ticket_export_recipients r JOIN users u ON u.id = r.user_id
                  WHERE r.export_id = e.id) AS recipients FROM ticket_exports e WHERE owner_id = $1
             UNION ALL SELECT 'got ' || e.id, e.name, NULL, e.every, e.day, e.minute, e.zone, NULL, NULL, NULL, NULL
                 FROM ticket_export_recipients r JOIN ticket_exports e ON e.id = r.export_id WHERE r.user_id = $1 AND e.owner_id <> $1"
        ),
        Section::Memberships => page!(
            "SELECT c.id::text AS k, c.number AS customer_number, c.name AS customer, m.role, m.added_at,
                 (SELECT jsonb_agg(jsonb_build_object('name', p.name, 'assigned_at', x.added_at) ORDER BY p.name)
                  FROM customer_project_members x JOIN customer_projects p ON p.id = x.project_id
                  WHERE x.user_id = m.user_id AND x.customer_id = c.id) AS projects
             FROM customer_members m JOIN customers c ON c.id = m.customer_id WHERE m.user_id = $1"
        ),
        Section::Invitations => page!(
            "SELECT i.id::text AS k, i.email, c.name AS customer, i.role, i.created_at, i.expires_at, i.used_at, i.revoked_at
             FROM customer_invitations i JOIN customers c ON c.id = i.customer_id
             WHERE i.used_by = $1 OR i.email = (SELECT email FROM users WHERE id = $1)"
        ),
        // The national number is opened by the use case, which removes what it was sealed in.
        Section::Customers => page!(
            "SELECT c.id::text AS k, c.id, c.number, c.kind, c.status, c.name, c.first_name, c.last_name, c.company_name,
                 c.legal_form, c.email, c.phone, c.website, c.locale, c.nif, c.nis, c.rc, c.ai, c.rib,
                 encode(c.nin_sealed, 'hex') AS nin_sealed, c.kyc_state AS identity, c.created_at, c.updated_at,
                 (SELECT jsonb_agg(jsonb_build_object('name', o.name, 'position', o.position, 'email', o.email, 'phone', o.phone,
                     'purpose', o.purpose)) FROM customer_contacts o WHERE o.customer_id = c.id) AS contacts,
                 (SELECT jsonb_agg(jsonb_build_object('kind', a.kind, 'line1', a.line1, 'line2', a.line2, 'postal_code', a.postal_code,
                     'city', a.city, 'wilaya', a.wilaya, 'country', a.country)) FROM customer_addresses a WHERE a.customer_id = c.id)
                     AS addresses,
                 (SELECT jsonb_agg(jsonb_build_object('from', s.from_status, 'to', s.to_status, 'at', s.at) ORDER BY s.at)
                     FROM customer_status_changes s WHERE s.customer_id = c.id) AS statuses
             FROM customers c JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1 AND m.role = 'owner'
             WHERE c.deleted_at IS NULL"
        ),
        // Of those who looked at a paper the time and whether it was himself: who it was is for the supervisor to ask.
        Section::Identity => page!(
            "SELECT k.id::text AS k, c.number AS customer_number, k.state, k.renews IS NOT NULL AS renewal, k.submitted_at, k.decided_at, k.reason, k.expires_at,
                 k.closed_at,
                 (SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'name', d.name, 'created_at', d.created_at, 'deleted_at',
                     d.deleted_at, 'folder', CASE WHEN d.deleted_at IS NULL THEN 'files/' || d.id END) ORDER BY d.created_at)
                     FROM kyc_documents d WHERE d.case_id = k.id) AS papers,
                 (SELECT jsonb_agg(jsonb_build_object('from', e.from_state, 'to', e.to_state, 'reason', e.reason, 'at', e.at)
                     ORDER BY e.at) FROM kyc_events e WHERE e.case_id = k.id) AS steps,
                 (SELECT jsonb_agg(jsonb_build_object('at', v.at, 'by', CASE WHEN v.viewer_id = $1 THEN 'self' ELSE 'staff' END)
                     ORDER BY v.at) FROM kyc_document_views v WHERE v.case_id = k.id) AS looks
             FROM kyc_cases k JOIN customers c ON c.id = k.customer_id AND c.deleted_at IS NULL
             JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1 AND m.role = 'owner'"
        ),
        Section::Tickets => page!(
            "SELECT t.id::text AS k, t.number, CASE WHEN t.requester_user_id = $1 OR t.project_id IS NULL OR t.project_id IN (",
            seen_projects!("$1"),
            ") THEN t.subject END AS subject, t.state, t.priority, t.source,
                 CASE WHEN t.requester_user_id = $1 THEN 'requester' ELSE p.role END AS part, p.email, p.name, t.created_at,
                 t.last_message_at, CASE WHEN t.requester_user_id = $1 THEN (SELECT jsonb_agg(jsonb_build_object('asked_at', s.asked_at,
                     'rating', s.rating, 'comment', s.comment, 'answered_at', s.answered_at) ORDER BY s.cycle)
                     FROM ticket_surveys s WHERE s.ticket_id = t.id) END AS surveys
             FROM tickets t LEFT JOIN ticket_participants p ON p.ticket_id = t.id AND p.user_id = $1
             WHERE t.deleted_at IS NULL AND t.id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                 UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)"
        ),
        // All that he reads of his own tickets; of those of others, and of projects that he does not see, what he wrote.
        Section::Messages => page!(
            "SELECT m.id::text AS k, t.number AS ticket_number, m.direction, m.author_name,
                 CASE WHEN m.is_staff THEN NULL ELSE m.author_email END AS author_email, m.created_at, m.body_text,
                 (SELECT jsonb_agg(jsonb_build_object('name', a.name, 'type', a.content_type, 'size', a.size, 'folder',
                     CASE WHEN m.author_user_id = $1 AND a.state = 'clean' THEN 'files/' || a.id END) ORDER BY a.id)
                     FROM attachments a WHERE a.message_id = m.id) AS attachments
             FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id AND t.deleted_at IS NULL
             WHERE m.kind = 'reply' AND NOT m.held AND (m.author_user_id = $1
                     OR t.requester_user_id = $1 AND (t.project_id IS NULL OR t.project_id IN (",
            seen_projects!("$1"),
            ")))
                 AND t.id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                     UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)"
        ),
        Section::MailsIn => page!(
            "SELECT r.id::text AS k, r.received_at, r.from_address, r.from_name, r.subject, r.size, r.state,
                 'files/' || r.id AS folder
             FROM raw_mails r JOIN ticket_messages m ON m.raw_mail_id = r.id AND m.author_user_id = $1
             JOIN tickets t ON t.id = m.ticket_id WHERE t.id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                 UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)"
        ),
        Section::MailsOut => page!(
            "SELECT o.id::text AS k, o.recipient, o.subject, o.body_text, o.state, o.created_at, o.sent_at FROM outgoing_mails o
             WHERE o.recipient = (SELECT email FROM users WHERE id = $1)
                 AND o.ticket_id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                     UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)"
        ),
        Section::Activity => page!(
            "SELECT lpad(id::text, 20, '0') AS k, at, action, subject_type, subject_id, ip, user_agent FROM audit_log
             WHERE actor_id = $1"
        ),
        Section::Exports => page!(
            "SELECT id::text AS k, CASE WHEN requested_by = $1 THEN 'self' ELSE 'staff' END AS requested_by, state, created_at,
                 ready_at, expires_at, downloads FROM personal_exports WHERE user_id = $1"
        ),
    }
}

/// Files about a person after this place: what he attached, the mails he sent as they came, papers of his identity and
/// documents that are shared with him as owner of a customer.
///
/// # Errors
/// When the database is away.
pub async fn files(conn: &mut PgConn, user: Uuid, after: &str, limit: i64) -> Result<Vec<File>, StoreError> {
    Ok(sql("SELECT q.k, q.name, q.sha256, q.sealed FROM (
             SELECT a.id::text AS k, a.name, a.sha256, NULL::uuid AS sealed
             FROM attachments a JOIN ticket_messages m ON m.id = a.message_id AND m.author_user_id = $1
             JOIN tickets t ON t.id = m.ticket_id AND t.deleted_at IS NULL
             WHERE a.state = 'clean' AND m.kind = 'reply' AND NOT m.held
                 AND t.id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                     UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)
             UNION ALL
             SELECT r.id::text, 'mail.eml', r.sha256, NULL
             FROM raw_mails r JOIN ticket_messages m ON m.raw_mail_id = r.id AND m.author_user_id = $1
             WHERE m.ticket_id IN (SELECT id FROM tickets WHERE requester_user_id = $1
                 UNION SELECT ticket_id FROM ticket_participants WHERE user_id = $1)
             UNION ALL
             SELECT d.id::text, d.name, NULL, d.file_id
             FROM kyc_documents d JOIN kyc_cases k ON k.id = d.case_id
             JOIN customers c ON c.id = k.customer_id AND c.deleted_at IS NULL
             JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1 AND m.role = 'owner'
             WHERE d.deleted_at IS NULL
             UNION ALL
             SELECT d.id::text, d.name, NULL, d.file_id
             FROM customer_documents d JOIN customers c ON c.id = d.customer_id AND c.deleted_at IS NULL
             JOIN customer_members m ON m.customer_id = c.id AND m.user_id = $1 AND m.role = 'owner'
             WHERE d.shared AND d.deleted_at IS NULL
         ) q WHERE q.k COLLATE \"C\" > $2 ORDER BY q.k COLLATE \"C\" LIMIT $3")
    .bind::<SqlUuid, _>(user)
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}
