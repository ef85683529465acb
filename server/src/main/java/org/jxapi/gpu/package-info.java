/**
 * PCI devices and GPUs: the messages of classes PCI, PGPU, GPU_group and VGPU, the types of VGPUs, and the devices that are
 * hidden from the control domain. Package boot makes the objects of a host, and domain gives GPUs to VMs.
 */
@NullMarked
package org.jxapi.gpu;

import org.jspecify.annotations.NullMarked;
