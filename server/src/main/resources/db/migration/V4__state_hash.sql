-- Schema 4: the hash of the state. The table has one row, which each commit writes.
CREATE TABLE "state_hash" (
    "id" INT NOT NULL PRIMARY KEY,
    "number" BIGINT NOT NULL,
    "hash" BIGINT NOT NULL,
    "version" INT NOT NULL
);
