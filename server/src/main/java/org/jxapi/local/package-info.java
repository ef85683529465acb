/**
 * Answers which host this daemon runs on and which pool it belongs to.
 */
package org.jxapi.local;
