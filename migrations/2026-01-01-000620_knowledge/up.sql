-- The knowledge base: articles in up to three languages, where they stand, what they said before, and whether they helped.
CREATE TABLE knowledge_sections (
    id         uuid PRIMARY KEY,
    -- A section stands at the top or in one that does.
    parent_id  uuid REFERENCES knowledge_sections,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name_fr    text NOT NULL,
    name_en    text NOT NULL,
    name_ar    text NOT NULL,
    position   integer NOT NULL DEFAULT 0,
    version    integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (parent_id <> id)
);

CREATE TABLE knowledge_articles (
    id           uuid PRIMARY KEY,
    section_id   uuid NOT NULL REFERENCES knowledge_sections,
    -- Its address; it never changes once the article was published.
    slug         text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published', 'archived')),
    visibility   text NOT NULL CHECK (visibility IN ('public', 'customers', 'staff')),
    published_at timestamptz,
    -- When somebody last wrote it or found it still right.
    checked_at   timestamptz NOT NULL,
    version      integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_by   uuid,
    CHECK (state <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX knowledge_articles_section ON knowledge_articles (section_id);
CREATE INDEX knowledge_articles_list ON knowledge_articles (updated_at DESC, id DESC);

CREATE TABLE knowledge_texts (
    article_id uuid NOT NULL REFERENCES knowledge_articles ON DELETE CASCADE,
    locale     text NOT NULL CHECK (locale IN ('fr', 'en', 'ar')),
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 150),
    summary    text NOT NULL CHECK (length(summary) BETWEEN 1 AND 300),
    -- Markdown.
    body       text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    -- Title and summary, which weigh more than what else it says; and all of it.
    head       tsvector NOT NULL GENERATED ALWAYS AS (search_words(title || E'\n' || summary)) STORED,
    words      tsvector NOT NULL GENERATED ALWAYS AS (search_words(title || E'\n' || summary || E'\n' || body)) STORED,
    PRIMARY KEY (article_id, locale)
);
CREATE INDEX knowledge_texts_words ON knowledge_texts USING gin (words);

-- Every version of every text, the present one included.
CREATE TABLE knowledge_revisions (
    id         uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES knowledge_articles ON DELETE CASCADE,
    locale     text NOT NULL,
    title      text NOT NULL,
    summary    text NOT NULL,
    body       text NOT NULL,
    -- The translation was taken away; what it said is kept here.
    removed    boolean NOT NULL DEFAULT false,
    at         timestamptz NOT NULL,
    by         uuid
);
CREATE INDEX knowledge_revisions_article ON knowledge_revisions (article_id, at DESC, id DESC);

-- Pictures inside texts; the bytes are in the file storage under their SHA-256.
CREATE TABLE knowledge_images (
    id           uuid PRIMARY KEY,
    article_id   uuid NOT NULL REFERENCES knowledge_articles ON DELETE CASCADE,
    name         text NOT NULL,
    content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/gif', 'image/webp')),
    size         bigint NOT NULL,
    sha256       bytea NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX knowledge_images_article ON knowledge_images (article_id, created_at);
CREATE INDEX knowledge_images_sha256 ON knowledge_images (sha256);
CREATE TRIGGER knowledge_images_doomed AFTER DELETE ON knowledge_images FOR EACH ROW EXECUTE FUNCTION doom_shared_blob();

-- Whether it helped, once for each voter. A voter is a mark that holds for one article only and leads to nobody.
CREATE TABLE knowledge_votes (
    article_id uuid NOT NULL REFERENCES knowledge_articles ON DELETE CASCADE,
    voter      bytea NOT NULL,
    helpful    boolean NOT NULL,
    PRIMARY KEY (article_id, voter)
);

-- Customers who were writing a ticket and said that the article spared it, each once for an article.
CREATE TABLE knowledge_solved (
    article_id uuid NOT NULL REFERENCES knowledge_articles ON DELETE CASCADE,
    voter      bytea NOT NULL,
    PRIMARY KEY (article_id, voter)
);
