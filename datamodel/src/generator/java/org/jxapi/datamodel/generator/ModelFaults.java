package org.jxapi.datamodel.generator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The faults found in the model files, each as {@code file: class.field: what}. */
final class ModelFaults {
    private final List<String> all = new ArrayList<>();

    /** A place in a model file, at which a fault can be reported. */
    record Place(ModelFaults faults, String file, String path) {
        /** A part of this place: a field of a class, a parameter of a message. */
        Place at(String separator, String name) {
            return new Place(faults, file, path + separator + name);
        }

        void fault(String what) {
            faults.all.add(file + ": " + path + ": " + what);
        }
    }

    Place at(String file, String path) {
        return new Place(this, file, path);
    }

    /** A fault of a whole file. */
    void add(String file, String what) {
        all.add(file + ": " + what);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Fails with all faults, one a line, if there are any. */
    void refuse() throws IOException {
        if (!all.isEmpty()) {
            throw new IOException(String.join("\n", all));
        }
    }
}
