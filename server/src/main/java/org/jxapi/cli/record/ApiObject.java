package org.jxapi.cli.record;

import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.XenModel;

/** An object that was read through the API. */
record ApiObject(Api api, Ref<?> ref, Row<?> row) {
    /** One value; IllegalArgumentException when the object is of another class. */
    <C, T> T get(Field<C, T> field) {
        return row.as(XenModel.of(field)).get(field);
    }
}
