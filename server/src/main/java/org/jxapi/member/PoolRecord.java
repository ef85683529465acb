package org.jxapi.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;

/** Records that the pool keeps for itself, as texts in JSON in the store. */
final class PoolRecord {
    private static final JsonMapper JSON = new JsonMapper();

    private PoolRecord() {}

    static <T> T read(String content, Class<T> type) throws JsonProcessingException {
        return JSON.readValue(content, type);
    }

    /** The record at that path; IllegalStateException if it cannot be read. */
    static <T> Optional<T> find(Snapshot now, String path, Class<T> type) {
        return PoolFiles.find(now, path).map(content -> {
            try {
                return read(content, type);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Makes a record, or replaces it. */
    static void keep(Transaction tx, String path, Object record) {
        try {
            PoolFiles.put(tx, path, JSON.writeValueAsString(record));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
