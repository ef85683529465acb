package org.jxapi.simulator;

import java.io.IOException;

/**
 * A request.
 *
 * @param path one whose last part may be {@code {name}}
 */
record SimulatorRoute(String method, String path, Action action) {
    private static final String NAME = "{name}";

    /** The work of a request. */
    interface Action {
        /**
         * @param name the last part of the path
         * @return the answer's body, JSON
         */
        byte[] run(String name, String body) throws IOException;
    }

    boolean leadsTo(String asked) {
        if (!path.endsWith(NAME)) {
            return path.equals(asked);
        }
        String before = path.substring(0, path.length() - NAME.length());
        return asked.startsWith(before) && asked.length() > before.length() && asked.indexOf('/', before.length()) < 0;
    }

    String name(String asked) {
        return asked.substring(asked.lastIndexOf('/') + 1);
    }

    /** Whether it needs no token: the description of the requests is no secret. */
    boolean open() {
        return path.endsWith("/openapi.json");
    }
}
