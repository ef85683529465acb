package org.jxapi.store;

import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Lifecycle;
import org.jxapi.datamodel.ModelBuilder;
import org.jxapi.datamodel.Type;

/**
 * A text that the pool keeps for itself, under the path of a file. It is an object of the store like those of the XenAPI,
 * but no class of the XenAPI: it has no messages and no events, and dumps of the database in XML do not have it.
 */
public final class PoolFile {
    private static final String SINCE = "26.18.0";
    private static final ModelBuilder<PoolFile> MODEL_OF = new ModelBuilder<>("jxapi_pool_file");

    /** Its path, such as {@code trusted/ca/NAME.pem}. The store finds objects by a field of this name. */
    static final Field<PoolFile, String> PATH = MODEL_OF.<String>field(
                    "name_label", Type.Basic.STRING, Field.Access.RO_RUNTIME)
            .build(Lifecycle.State.PUBLISHED, "published", SINCE);

    static final Field<PoolFile, String> CONTENT = MODEL_OF.<String>field(
                    "content", Type.Basic.STRING, Field.Access.RO_RUNTIME)
            .build(Lifecycle.State.PUBLISHED, "published", SINCE);

    /** The class of these objects. */
    public static final ClassModel<PoolFile> STORE_CLASS =
            MODEL_OF.persist().build(Lifecycle.State.PUBLISHED, "published", SINCE);

    private PoolFile() {}
}
