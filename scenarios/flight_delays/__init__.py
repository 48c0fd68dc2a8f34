"""Flights that left New York in 2013: was it late, asked at the scheduled departure."""
