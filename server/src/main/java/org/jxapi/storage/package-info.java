/**
 * Storage repositories, their PBDs and their disks (VDIs). Drivers implement the types of repositories. It decides who
 * may use a disk, opens disks for transfers, and keeps the folders of repositories apart.
 */
@NullMarked
package org.jxapi.storage;

import org.jspecify.annotations.NullMarked;
