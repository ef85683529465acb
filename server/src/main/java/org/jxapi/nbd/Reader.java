package org.jxapi.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.http.TlsContext;
import org.jxapi.session.PeerLog;
import org.jxapi.storage.OpenDisk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client from its greeting to its last request. */
final class Reader implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);

    private final Connection connection;
    private final Exports exports;
    private final Places places;
    private final PeerLog log;
    private final Negotiation negotiation;

    /** Whether the client has got its disk. */
    private boolean reads;

    /** @param tls what the client has to use; null when it cannot */
    Reader(Connection connection, Exports exports, Places places, PeerLog log, @Nullable TlsContext tls) {
        this.connection = connection;
        this.exports = exports;
        this.places = places;
        this.log = log;
        this.negotiation = new Negotiation(connection, exports, tls);
    }

    @Override
    public void run() {
        try {
            negotiation.greet();
            Negotiation.Choice choice = negotiation.next();
            while (choice != null && !served(choice)) {
                choice = negotiation.next();
            }
            connection.end();
        } catch (EOFException e) {
            LOG.debug("NBD: {} has gone", connection.peer());
        } catch (IOException | UncheckedIOException e) {
            if (reads || connection.closed()) {
                LOG.info("NBD: the connection of {} broke off: {}", connection.peer(), e.getMessage());
            } else {
                log.warn(connection.peer(), "NBD: closed a connection of " + connection.peer() + ": " + e.getMessage());
            }
        } finally {
            connection.close();
            places.leave(connection);
        }
    }

    /** Serves an export to its end; false when the client did not get it and may choose another one. */
    private boolean served(Negotiation.Choice choice) throws IOException {
        ExportName name = choice.export();
        try {
            Exports.Export export = exports.find(name);
            if (!places.read(connection)) {
                throw new RefusedExportException(Wire.REP_ERR_POLICY, "all connections for readers are in use");
            }
            exports.read(export, connection, disk -> serve(choice, name, disk));
            return true;
        } catch (RefusedExportException e) {
            refuse(choice, name, e);
        } catch (XenApiException e) {
            if (reads) {
                LOG.warn("NBD: {} for {} has ended: {}", name, connection.peer(), e.getMessage());
                return true;
            }
            refuse(choice, name, RefusedExportException.of(e));
        }
        return false;
    }

    private void serve(Negotiation.Choice choice, ExportName name, OpenDisk disk) {
        reads = true;
        LOG.info("NBD: {} reads {}", connection.peer(), name);
        try {
            negotiation.accept(choice, disk.bytes());
            new Transmission(connection, disk, negotiation.structured(), negotiation.allocation(choice)).serve();
            LOG.info("NBD: {} has finished with {}", connection.peer(), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refuse(Negotiation.Choice choice, ExportName name, RefusedExportException e) throws IOException {
        log.warn(connection.peer(), "NBD: refused " + name + " to " + connection.peer() + ": " + e.getMessage());
        negotiation.refuse(choice, e);
    }
}
