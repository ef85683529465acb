-- Schema 4: the hash of the state. Only the row of the change log has it, which each commit writes.
ALTER TABLE "seal" ADD ("number" BIGINT, "hash" BIGINT, "hash_version" INT);
