package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.jxapi.datamodel.XenEnum;

/**
 * Tests of the rules of a class: which operations an object allows now, and the errors of the others.
 *
 * @param <O> the operations of the class
 */
public abstract class RulesTest<O extends XenEnum> extends StoreTest {
    /** Throws the error of an operation that the object does not allow now. */
    protected abstract void check(O operation);

    @SafeVarargs
    protected final void allows(O... operations) {
        for (O operation : operations) {
            assertThatCode(() -> check(operation)).as(operation.wire()).doesNotThrowAnyException();
        }
    }

    protected final void refuses(O operation, String code, String... params) {
        XenApiErrors.assertRefused(() -> check(operation), code, params);
    }
}
