-- Names of files and folders. Contents are blobs, named by their SHA-256.
CREATE TABLE file (
    id            TEXT    NOT NULL PRIMARY KEY,
    site          TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    -- The path of the folder that holds it; NULL for the root folder.
    folder        TEXT,
    kind          TEXT    NOT NULL CHECK (kind IN ('command', 'archive', 'report', 'tryback', 'folder')),
    size          INTEGER NOT NULL CHECK (size >= 0),
    sha256        TEXT,
    revision      INTEGER NOT NULL CHECK (revision >= 1),
    caller        TEXT    NOT NULL,
    created       INTEGER NOT NULL,
    -- When another revision took the path; NULL for the current one.
    superseded_at INTEGER,
    CHECK ((kind = 'folder') = (sha256 IS NULL))
) STRICT;

-- A path names one file at a time.
CREATE UNIQUE INDEX file_current ON file (site, path) WHERE superseded_at IS NULL;
CREATE INDEX file_children ON file (site, folder, path) WHERE superseded_at IS NULL;
CREATE INDEX file_revisions ON file (site, path, revision);
CREATE INDEX file_content ON file (sha256);
CREATE INDEX file_superseded ON file (superseded_at) WHERE superseded_at IS NOT NULL;

-- What came of an upload that carried a request id, so that repeating it does nothing twice.
CREATE TABLE upload_request (
    site          TEXT    NOT NULL,
    request_id    TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    size          INTEGER NOT NULL,
    sha256        TEXT    NOT NULL,
    disposition   TEXT    NOT NULL CHECK (disposition IN ('created', 'replaced', 'unchanged')),
    -- The revision as it was then. It may be gone by now.
    file          TEXT    NOT NULL,
    file_revision INTEGER NOT NULL,
    file_caller   TEXT    NOT NULL,
    file_created  INTEGER NOT NULL,
    caller        TEXT    NOT NULL,
    recorded      INTEGER NOT NULL,
    PRIMARY KEY (site, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX upload_request_recorded ON upload_request (recorded);

CREATE TABLE run (
    id               TEXT    NOT NULL PRIMARY KEY,
    site             TEXT    NOT NULL,
    caller           TEXT    NOT NULL,
    tool             TEXT    NOT NULL,
    source           TEXT    NOT NULL,
    -- The revision of the stored source that the run reads.
    source_file      TEXT,
    content          TEXT    NOT NULL,
    content_size     INTEGER NOT NULL,
    mode             TEXT    NOT NULL,
    options          TEXT    NOT NULL,
    state            TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    schedule         TEXT,
    request_id       TEXT,
    fingerprint      TEXT    NOT NULL,
    created          INTEGER NOT NULL,
    started          INTEGER,
    finished         INTEGER,
    counters         TEXT    NOT NULL,
    last_sequence    INTEGER NOT NULL,
    message          TEXT    NOT NULL,
    report           TEXT,
    tryback          TEXT,
    archive          TEXT,
    cancel_requested INTEGER NOT NULL CHECK (cancel_requested IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX run_request ON run (site, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX run_listing ON run (site, id);
CREATE INDEX run_unfinished ON run (id) WHERE state IN ('queued', 'running');
CREATE INDEX run_content ON run (content) WHERE state IN ('queued', 'running');
CREATE INDEX run_finished ON run (finished) WHERE finished IS NOT NULL;

-- The journal of a run: one row a chunk.
CREATE TABLE segment (
    run            TEXT    NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL CHECK (number >= 0),
    first_sequence INTEGER NOT NULL,
    last_sequence  INTEGER NOT NULL,
    digest         TEXT    NOT NULL,
    resume_offset  INTEGER NOT NULL,
    resume_line    INTEGER NOT NULL,
    site_effect    TEXT    NOT NULL CHECK (site_effect IN ('writes', 'reads')),
    counters       TEXT    NOT NULL,
    touched        TEXT    NOT NULL,
    -- Last, so that reading the other columns skips its pages.
    payload        BLOB    NOT NULL,
    PRIMARY KEY (run, number),
    CHECK (last_sequence >= first_sequence)
) STRICT;

CREATE INDEX segment_sequence ON segment (run, last_sequence);

CREATE TABLE schedule (
    id           TEXT    NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    cron         TEXT    NOT NULL,
    zone         TEXT    NOT NULL,
    tool         TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    mode         TEXT    NOT NULL,
    options      TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'paused')),
    caller       TEXT    NOT NULL,
    created      INTEGER NOT NULL,
    next         INTEGER,
    last         INTEGER,
    last_run     TEXT,
    last_message TEXT    NOT NULL,
    revision     INTEGER NOT NULL CHECK (revision >= 1),
    UNIQUE (site, name)
) STRICT;

CREATE INDEX schedule_due ON schedule (next) WHERE state = 'active' AND next IS NOT NULL;
