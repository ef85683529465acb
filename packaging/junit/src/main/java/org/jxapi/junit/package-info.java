/** The simulator for tests in JUnit 5: an extension that starts a jxapid of its own, and injects faults into it. */
@NullMarked
package org.jxapi.junit;

import org.jspecify.annotations.NullMarked;
