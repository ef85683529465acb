package org.jxapi.operation;

import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Transaction;

/**
 * What an operation takes of one object.
 *
 * @param operation what enters the object's {@code current_operations}
 * @param check throws the XenAPI error when the operation is not possible now
 */
public record Claim(ClassModel model, Ref<?> ref, XenEnum operation, Consumer<Transaction> check) {}
