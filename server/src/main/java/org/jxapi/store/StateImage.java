package org.jxapi.store;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jxapi.datamodel.ClassModel;

/**
 * The whole state after one change, with what the database does not keep: sessions, fields in memory, derived sets. The
 * state is immutable, so an image is taken at once and written while changes go on.
 *
 * <p>Its form is lines of JSON, packed with gzip. The first has number, hash, and the counts of the other lines: an object
 * each, as a {@code put} of {@link EntryCodec}, and then a removal each.
 */
public final class StateImage {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    private final HashedState state;
    private final List<LoggedChange> removals;

    /**
     * @param removals those that events still tell of, the oldest first
     */
    StateImage(HashedState state, List<LoggedChange> removals) {
        this.state = state;
        this.removals = List.copyOf(removals);
    }

    /** The published state, for the thread that publishes, or while nothing is published. */
    static StateImage of(Published published) {
        List<LoggedChange> removals = new ArrayList<>();
        for (ChangeLog.Deleted gone : published.changes().removals()) {
            removals.add(new LoggedChange(
                    gone.sequence(),
                    gone.model().name(),
                    gone.ref().value(),
                    ChangeLog.Kind.DEL.name(),
                    gone.created()));
        }
        removals.sort((a, b) -> Long.compare(a.sequence(), b.sequence()));
        return new StateImage(published.now(), removals);
    }

    HashedState state() {
        return state;
    }

    List<LoggedChange> removals() {
        return removals;
    }

    /** The number of the newest change in it. */
    public long number() {
        return state.number();
    }

    /** All objects, in the order of their last changes. */
    List<Stored<?>> objects() {
        List<Stored<?>> all = new ArrayList<>();
        for (ClassModel<?> model : StoreModel.CLASSES) {
            all.addAll(state.state().all(model));
        }
        all.sort((a, b) -> Long.compare(a.modified(), b.modified()));
        return all;
    }

    /** Writes it; the stream stays open. */
    public void writeTo(OutputStream to) throws IOException {
        List<Stored<?>> objects = objects();
        GZIPOutputStream out = new GZIPOutputStream(to, 1 << 16) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
        BufferedOutputStream lines = new BufferedOutputStream(out, 1 << 16);
        line(
                lines,
                JSON.createObjectNode()
                        .put("version", VERSION)
                        .put("number", state.number())
                        .put("kept", state.hash().kept())
                        .put("live", state.hash().live())
                        .put("hash_version", StateHash.VERSION)
                        .put("objects", objects.size())
                        .put("removals", removals.size()));
        for (Stored<?> stored : objects) {
            line(lines, EntryCodec.node(put(stored)));
        }
        for (LoggedChange gone : removals) {
            line(
                    lines,
                    JSON.createObjectNode()
                            .put("number", gone.sequence())
                            .put("class", gone.className())
                            .put("ref", gone.ref())
                            .put("created", gone.created()));
        }
        lines.flush();
        out.finish();
    }

    private static <C> Effect.Put<C> put(Stored<C> stored) {
        return new Effect.Put<>(stored.ref(), stored.row(), stored.created(), stored.modified());
    }

    private static void line(OutputStream out, JsonNode node) throws IOException {
        out.write(EntryCodec.bytes(node));
        out.write('\n');
    }

    /**
     * Reads an image.
     *
     * @throws IOException when it is broken, or of a version that this jxapid does not understand
     */
    public static StateImage readFrom(InputStream from) throws IOException {
        try (JsonParser lines = JSON.getFactory()
                .createParser(new InputStreamReader(new GZIPInputStream(from, 1 << 16), StandardCharsets.US_ASCII))) {
            JsonNode head = next(lines);
            if (head.path("version").asInt() != VERSION) {
                throw new IOException(
                        "a state has version " + head.path("version").asText() + ", but this jxapid reads version "
                                + VERSION + ": update jxapid on this host");
            }
            State state = State.EMPTY;
            for (long left = head.path("objects").asLong(); left > 0; left--) {
                state = with(state, EntryCodec.effect(next(lines)));
            }
            List<LoggedChange> removals = new ArrayList<>();
            for (long left = head.path("removals").asLong(); left > 0; left--) {
                JsonNode gone = next(lines);
                removals.add(new LoggedChange(
                        gone.path("number").asLong(),
                        gone.path("class").asText(),
                        gone.path("ref").asText(),
                        ChangeLog.Kind.DEL.name(),
                        gone.path("created").asLong()));
            }
            HashedState read = HashedState.of(state.at(head.path("number").asLong()));
            Group.Check check = new Group.Check(
                    new StateHash(head.path("kept").asLong(), head.path("live").asLong()),
                    head.path("hash_version").asInt());
            if (check.contradicts(read.hash())) {
                throw new IOException("a state of change " + read.number() + " is not the one that was written");
            }
            return new StateImage(read, removals);
        } catch (StoreException | IllegalArgumentException e) {
            throw new IOException("a state cannot be read: " + Reason.of(e), e);
        }
    }

    private static JsonNode next(JsonParser lines) throws IOException {
        JsonNode node = JSON.readTree(lines);
        if (node == null) {
            throw new IOException("a state has lost its end");
        }
        return node;
    }

    private static State with(State state, Effect effect) throws IOException {
        if (effect instanceof Effect.Put<?> put) {
            return state.put(null, stored(put));
        }
        throw new IOException("a state has something else than objects");
    }

    private static <C> Stored<C> stored(Effect.Put<C> put) {
        return new Stored<>(put.ref(), put.row(), put.created(), put.number());
    }
}
