-- Networks from which staff may work. A surface without any is open to all.
CREATE TABLE network_rules (
    id         uuid PRIMARY KEY,
    surface    text NOT NULL CHECK (surface IN ('corporate', 'admin')),
    network    cidr NOT NULL,
    note       text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    created_at timestamptz NOT NULL,
    created_by uuid,
    CONSTRAINT network_rules_once UNIQUE (surface, network)
);
