/** The messages of class message: notifications that jxapid stores for administrators, such as alerts about VMs. */
package org.jxapi.message;
