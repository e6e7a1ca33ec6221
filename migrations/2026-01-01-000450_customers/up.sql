-- Customers, the people who act for them, and what is kept about them.

-- Text for searching: lower case, without accents; of Arabic one form of each letter, no vowel signs, digits in ASCII.
CREATE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT translate(public.search_text($1),
        U&'\0623\0625\0622\0671\0649\0629\0624\0626\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\0640\064B\064C\064D\064E\064F\0650\0651\0652\0670',
        U&'\0627\0627\0627\0627\064A\0647\0648\064A0123456789') $$;

CREATE SEQUENCE customer_numbers START 10001;

CREATE TABLE customers (
    id                 uuid PRIMARY KEY,
    number             bigint NOT NULL UNIQUE DEFAULT nextval('customer_numbers'),
    kind               text NOT NULL CHECK (kind IN ('individual', 'corporate')),
    status             text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'suspended', 'inactive')),
    name               text NOT NULL,
    first_name         text,
    last_name          text,
    company_name       text,
    legal_form         text,
    email              text NOT NULL CHECK (email = lower(email)),
    phone              text,
    website            text,
    locale             text NOT NULL DEFAULT 'fr' CHECK (locale IN ('fr', 'en', 'ar')),
    nif                text,
    nis                text,
    rc                 text,
    ai                 text,
    rib                text,
    nin_sealed         bytea,
    nin_last4          text,
    source             text NOT NULL CHECK (source IN ('staff', 'client', 'import')),
    account_manager_id uuid REFERENCES users,
    tags               text[] NOT NULL DEFAULT '{}',
    external_id        text,
    status_at          timestamptz NOT NULL,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    created_by         uuid,
    updated_by         uuid,
    deleted_at         timestamptz,
    deleted_by         uuid,
    sort_name          text GENERATED ALWAYS AS (fold_text(name)) STORED,
    haystack           text GENERATED ALWAYS AS (fold_text(
        number::text || ' ' || name || ' ' || coalesce(company_name, '') || ' ' || coalesce(first_name, '') || ' '
        || coalesce(last_name, '') || ' ' || email || ' ' || coalesce(phone, '') || ' ' || coalesce(nif, '') || ' '
        || coalesce(nis, '') || ' ' || coalesce(rc, '') || ' ' || coalesce(ai, '') || ' ' || coalesce(external_id, ''))) STORED,
    search             tsvector GENERATED ALWAYS AS (to_tsvector('simple', fold_text(
        number::text || ' ' || name || ' ' || coalesce(company_name, '') || ' ' || coalesce(first_name, '') || ' '
        || coalesce(last_name, '') || ' ' || translate(email, '@.-_+', '     ') || ' ' || email || ' '
        || coalesce(nif, '') || ' ' || coalesce(external_id, '')))) STORED
);
CREATE INDEX customers_created ON customers (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX customers_updated ON customers (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
-- On an expression, so that it cannot be read for `sort_name` itself: the planner would rather walk it than use the trigrams.
CREATE INDEX customers_name ON customers (left(sort_name, 60), id) WHERE deleted_at IS NULL;
CREATE INDEX customers_fuzzy ON customers USING gin (sort_name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX customers_status ON customers (status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX customers_manager ON customers (account_manager_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND account_manager_id IS NOT NULL;
CREATE INDEX customers_email ON customers (email);
CREATE INDEX customers_tags ON customers USING gin (tags);
CREATE INDEX customers_search ON customers USING gin (search);
CREATE INDEX customers_haystack ON customers USING gin (haystack gin_trgm_ops);
CREATE UNIQUE INDEX customers_nif ON customers (nif) WHERE nif IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX customers_external_id ON customers (external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE customer_status_changes (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    reason      text,
    actor_id    uuid,
    actor_name  text NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX customer_status_changes_customer ON customer_status_changes (customer_id, at DESC);

CREATE TABLE customer_contacts (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    name        text NOT NULL,
    position    text,
    email       text CHECK (email = lower(email)),
    phone       text,
    purpose     text NOT NULL CHECK (purpose IN ('general', 'billing', 'technical', 'legal')),
    is_primary  boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX customer_contacts_customer ON customer_contacts (customer_id);
CREATE UNIQUE INDEX customer_contacts_primary ON customer_contacts (customer_id) WHERE is_primary;

CREATE TABLE customer_addresses (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('billing', 'head_office', 'delivery', 'other')),
    line1       text NOT NULL,
    line2       text,
    postal_code text,
    city        text NOT NULL,
    wilaya      smallint CHECK (wilaya BETWEEN 1 AND 99),
    country     text NOT NULL DEFAULT 'DZ' CHECK (country ~ '^[A-Z]{2}$'),
    is_default  boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX customer_addresses_customer ON customer_addresses (customer_id);
CREATE UNIQUE INDEX customer_addresses_default ON customer_addresses (customer_id, kind) WHERE is_default;

-- Who acts for a customer. The wall between customers is built on this table.
CREATE TABLE customer_members (
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'technical', 'billing', 'viewer')),
    added_by    uuid,
    added_at    timestamptz NOT NULL,
    PRIMARY KEY (customer_id, user_id)
);
CREATE INDEX customer_members_user ON customer_members (user_id, customer_id);

CREATE TABLE customer_invitations (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    email       text NOT NULL CHECK (email = lower(email)),
    role        text NOT NULL CHECK (role IN ('owner', 'admin', 'technical', 'billing', 'viewer')),
    token_hash  bytea NOT NULL UNIQUE,
    invited_by  uuid REFERENCES users,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    used_by     uuid REFERENCES users,
    revoked_at  timestamptz
);
CREATE INDEX customer_invitations_customer ON customer_invitations (customer_id, created_at DESC);
CREATE UNIQUE INDEX customer_invitations_open ON customer_invitations (customer_id, email)
    WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE TABLE customer_notes (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    author_id   uuid NOT NULL REFERENCES users,
    body        text NOT NULL,
    pinned      boolean NOT NULL DEFAULT false,
    mentions    uuid[] NOT NULL DEFAULT '{}',
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    deleted_at  timestamptz
);
CREATE INDEX customer_notes_customer ON customer_notes (customer_id, pinned DESC, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;

-- Files under a data key of their own, which is wrapped by the master key `key_id`. The blob store holds ciphertext only.
CREATE TABLE sealed_files (
    id           uuid PRIMARY KEY,
    blob         bytea NOT NULL,
    sha256       bytea NOT NULL,
    size         bigint NOT NULL,
    content_type text NOT NULL,
    key_id       text NOT NULL,
    wrapped_key  bytea NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX sealed_files_key ON sealed_files (key_id);

CREATE TABLE customer_documents (
    id          uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers ON DELETE CASCADE,
    file_id     uuid NOT NULL REFERENCES sealed_files,
    name        text NOT NULL,
    category    text NOT NULL CHECK (category IN ('contract', 'identity', 'fiscal', 'correspondence', 'other')),
    shared      boolean NOT NULL DEFAULT false,
    uploaded_by uuid REFERENCES users,
    created_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    deleted_by  uuid
);
CREATE INDEX customer_documents_customer ON customer_documents (customer_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;

CREATE TABLE customer_imports (
    id          uuid PRIMARY KEY,
    file_id     uuid NOT NULL REFERENCES sealed_files,
    name        text NOT NULL,
    dry_run     boolean NOT NULL,
    state       text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    error       text,
    columns     text[] NOT NULL DEFAULT '{}',
    ignored     text[] NOT NULL DEFAULT '{}',
    total       integer NOT NULL DEFAULT 0,
    processed   integer NOT NULL DEFAULT 0,
    accepted    integer NOT NULL DEFAULT 0,
    duplicates  integer NOT NULL DEFAULT 0,
    rejected    integer NOT NULL DEFAULT 0,
    created_by  uuid NOT NULL REFERENCES users,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz
);
CREATE INDEX customer_imports_created ON customer_imports (created_at DESC, id DESC);

-- Only the rows that a person should look at: refused ones and duplicates.
CREATE TABLE customer_import_rows (
    import_id   uuid NOT NULL REFERENCES customer_imports ON DELETE CASCADE,
    line        integer NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('duplicate', 'rejected')),
    name        text NOT NULL DEFAULT '',
    customer_id uuid REFERENCES customers ON DELETE SET NULL,
    errors      jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (import_id, line)
);

-- Filters that a person kept under a name.
CREATE TABLE saved_views (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    list       text NOT NULL CHECK (list IN ('customers')),
    name       text NOT NULL,
    query      text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, list, name)
);

ALTER TABLE tickets ADD COLUMN customer_id uuid REFERENCES customers ON DELETE SET NULL;
CREATE INDEX tickets_customer ON tickets (customer_id, created_at DESC, id DESC) WHERE customer_id IS NOT NULL;
