package org.jxapi.simulator;

/** No snapshot has that name. */
final class NoSuchSnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoSuchSnapshotException(String name) {
        super("there is no snapshot " + name + "; GET /simulator/snapshots lists them");
    }
}
