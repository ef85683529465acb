/** The messages of class message: notifications that jxapid stores for administrators, such as alerts about VMs. */
@NullMarked
package org.jxapi.message;

import org.jspecify.annotations.NullMarked;
